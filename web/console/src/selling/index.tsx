// What sellers sell, and how the shop's wares are put in order: the pages of the area.
import type { Pages } from '../areas';
import { Brands } from './brands';
import { Categories } from './categories';
import { Imports, OneImport } from './imports';
import { Coupons, NewCoupon, NewPlan, OneCoupon, OnePlan, Plans } from './offers';
import { OneProduct } from './product';
import { NewProduct, Products } from './products';
import { Reviews } from './reviews';
import { OwnShopPage } from './shop';
import { StockList, StockOne } from './stock';

export const pages: Pages = {
	'/products': Products, '/products/new': NewProduct, '/products/:id': OneProduct, '/stock': StockList, '/stock/:id': StockOne,
	'/imports': Imports, '/imports/:id': OneImport, '/shop': OwnShopPage, '/categories': Categories, '/brands': Brands,
	'/coupons': Coupons, '/coupons/new': NewCoupon, '/coupons/:id': OneCoupon, '/plans': Plans, '/plans/new': NewPlan, '/plans/:id': OnePlan, '/reviews': Reviews,
};
